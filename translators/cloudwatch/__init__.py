"""CloudWatch's own documents in: saved queries, dashboards, templates that declare them, links to its console."""
