"""Pages about people, audit and background work. Signing in: `accounts.sign_in_urls`."""

from django.urls import path

from .views import audit, jobs, members, notifications, sign_in

urlpatterns = [
    path("audit/", audit.trail, name="audit"),
    path("audit/<str:target_type>/<str:target_id>/", audit.about_object, name="audit-object"),
    path("members/", members.members, name="members"),
    path("members/add/", members.add, name="member-add"),
    path("members/<int:pk>/", members.edit, name="member-edit"),
    path("members/<int:pk>/suspend/", members.suspend, name="member-suspend"),
    path("members/<int:pk>/restore/", members.restore, name="member-restore"),
    path("members/<int:pk>/first-link/", members.first_link, name="member-first-link"),
    path("members/<int:pk>/remove/", members.remove, name="member-remove"),
    path("roles/", members.roles, name="roles"),
    path("jobs/<uuid:job_id>/panel/", jobs.panel, name="job-panel"),
    path("jobs/<uuid:job_id>/cancel/", jobs.cancel, name="job-cancel"),
    path("jobs/<uuid:job_id>/retry/", jobs.retry, name="job-retry"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/read/", notifications.mark_read, name="notifications-read"),
    path("my-account/", sign_in.my_account, name="my-account"),
    path("organisation/", sign_in.switch_organisation, name="switch-organisation"),
    path("demo-sign-in/", sign_in.demo_sign_in, name="demo-sign-in"),
]
