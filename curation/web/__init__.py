"""The web app: extraction forms, adjudication, findings and results of one review, served from one process."""
