"""Addresses of jobs."""

from django.urls import path

from portal.jobs.views import progress

app_name = "jobs"

urlpatterns = [path("<uuid:job_id>/", progress, name="progress")]
