"""The command line `tfk`: one file a command."""
