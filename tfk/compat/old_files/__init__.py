"""Files of Keras 1 to 2.15 whose names are not public: what packages import from them.

Each module is named after the file (or folder) that it stands for and holds only names that
`tfk.compat.paths` names a user of.
"""
