"""Takes the name of a module that Python has."""
