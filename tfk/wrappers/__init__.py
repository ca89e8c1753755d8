"""Models as parts of other libraries; older programs import this folder."""
