"""Showing: from a dossier to pages for people. Nothing is measured, judged or signed here."""
