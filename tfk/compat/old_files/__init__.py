"""Non-public modules of Keras 1 to 2.15 from which packages import.

Each module is named after the file (or folder) that it stands for and holds only names that
`tfk.compat.paths` names a user of.
"""
