"""Methods that a custom class overrides."""


def is_overridden(owner, name, base=None):
    """Return whether an object or a class has another method `name` than the class that introduced
    it.

    Args:
        owner: The object, which may have an instance method, or the class.
        name: Name of the method.
        base: Class whose method counts as the original; the first one to define it by default.

    >>> class Base:
    ...     def call(self): ...
    >>> class Derived(Base):
    ...     def call(self): ...
    >>> is_overridden(Base(), "call"), is_overridden(Derived, "call")
    (False, True)
    """
    if base is None:
        base = _introducing(owner if isinstance(owner, type) else type(owner), name)
    return _function(getattr(owner, name)) is not _function(getattr(base, name))


def _introducing(cls, name):
    return next(base for base in reversed(cls.__mro__) if name in vars(base))


def _function(method):
    return getattr(method, "__func__", method)
