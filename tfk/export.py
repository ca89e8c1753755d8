"""Serving: models as SavedModels and LiteRT files that run without Python."""

from tfk.saving.export_archive import ExportArchive
from tfk.saving.serving import export_model, request_body

__all__ = ["ExportArchive", "export_model", "request_body"]
