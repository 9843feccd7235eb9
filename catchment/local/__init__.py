"""Catchment on one machine: PostGIS, S3 and SQS, the poller, the API."""
