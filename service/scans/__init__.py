"""Scans: plan the pages, visit them as durable jobs, keep every visit and finding."""
