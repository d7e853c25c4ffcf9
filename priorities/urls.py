"""Addresses of this app: pages about methods. Pages about areas are put together by the portal."""

from django.urls import path

from .views import methods, notice_rules

urlpatterns = [
    path("methods/priorities/", methods.priorities, name="methods-priorities"),
    path("methods/priorities/validate/", methods.validate, name="methods-priorities-validate"),
    path("me/notifications/rules/", notice_rules.rules, name="notification-rules"),
    path("me/notifications/rules/add/", notice_rules.add, name="notification-rule-add"),
    path("me/notifications/rules/<int:pk>/", notice_rules.edit, name="notification-rule"),
    path("me/notifications/rules/<int:pk>/switch/", notice_rules.switch, name="notification-rule-switch"),
    path("me/notifications/rules/<int:pk>/delete/", notice_rules.delete, name="notification-rule-delete"),
]
