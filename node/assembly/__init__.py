"""The reason for the program: the acts and rules of an assembly."""
