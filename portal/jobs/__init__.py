"""Durable background work. See `portal.jobs.queue` for `enqueue`, `handler` and the life of a job."""
