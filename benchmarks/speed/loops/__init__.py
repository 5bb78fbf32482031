"""The programs behind the contestants that are scripts of ours."""
