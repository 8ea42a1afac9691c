"""Addresses of the exchanges, in the order of the way: from the call to the application, from the review to the report."""

from exchanges.urls import apply, decide

app_name = "exchanges"
urlpatterns = [*apply.urlpatterns, *decide.urlpatterns]
