"""Addresses of the exchanges, in the order of the way: call to application, review to report."""

from exchanges.urls import apply, decide

app_name = "exchanges"
urlpatterns = [*apply.urlpatterns, *decide.urlpatterns]
