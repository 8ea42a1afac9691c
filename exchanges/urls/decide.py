"""From the review to the report."""

from django.urls import path

from exchanges.views import decision, placements, reports, reviews

urlpatterns = [
    path("reviews/", reviews.review_list, name="reviews"),
    path("reviews/<int:pk>/", reviews.review_detail, name="review"),
    path("reviews/<int:pk>/autosave/", reviews.review_autosave, name="review_autosave"),
    path("reviews/<int:pk>/decline/", reviews.review_decline, name="review_decline"),
    path("office/calls/<slug:slug>/assign-reviews/", decision.assign_reviews, name="assign_reviews"),
    path("office/calls/<slug:slug>/begin-matching/", decision.begin_matching, name="begin_matching"),
    path("office/calls/<slug:slug>/complete/", decision.complete_call, name="complete_call"),
    path("office/calls/<slug:slug>/runs/", decision.request_run, name="request_run"),
    path("office/calls/<slug:slug>/runs/<int:number>/", decision.run_detail, name="run"),
    path("office/calls/<slug:slug>/runs/<int:number>/progress/", decision.run_progress, name="run_progress"),
    path("office/calls/<slug:slug>/runs/<int:number>/sign/", decision.sign_run, name="sign_run"),
    path("applications/<int:pk>/answer/", placements.answer, name="answer"),
    path("placements/", placements.placement_list, name="placements"),
    path("placements/<int:pk>/", placements.placement_detail, name="placement"),
    path("placements/<int:pk>/agreement/", placements.write_agreement, name="write_agreement"),
    path("placements/<int:pk>/confirm/", placements.confirm_agreement, name="confirm_agreement"),
    path("placements/<int:pk>/arrive/", placements.confirm_arrival, name="confirm_arrival"),
    path("placements/<int:pk>/days/<int:day>/", placements.confirm_day, name="confirm_day"),
    path("placements/<int:pk>/end/", placements.end_week, name="end_week"),
    path("placements/<int:pk>/stop/", placements.stop_week, name="stop_week"),
    path("placements/<int:pk>/report/", reports.report_detail, name="report"),
    path("placements/<int:pk>/report/autosave/", reports.report_autosave, name="report_autosave"),
    path("placements/<int:pk>/report/files/<uuid:file>/remove/", reports.file_remove, name="report_file_remove"),
    path("placements/<int:pk>/report/accept/", reports.report_accept, name="report_accept"),
    path("placements/<int:pk>/report/return/", reports.report_return, name="report_return"),
]
