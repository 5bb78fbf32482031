"""What people did and said: studies, tasks, participants, consent, sessions, observations."""
