"""The command line `tfk`: one module per command."""
