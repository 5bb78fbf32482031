"""Pages for people: rendered on the server, in English, Finnish and Swedish."""
