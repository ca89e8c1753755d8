"""Objects and models as data: names, configs and files."""
