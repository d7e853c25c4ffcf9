"""Charts for templates of every app; rows come as plain dictionaries, so that no app needs to import this one.

{% chart_bars bars title="Coverage by deprivation fifth" %}     [{"label", "share", "text", "css"?, "interval"?}]
{% chart_ratio parts title="Areas by class" %}                  [(label, count, css)]
{% chart_sparkline values title="..." description="..." %}
{% chart_columns counts title="..." description="..." %}        how many in each of a row of steps, from zero
{% chart_position value low=.. median=.. high=.. title="..." description="..." %}
{% chart_timeline rows title="Routes of the day" now=seconds? standalone=False %}
    [{"name", "colour_index", "label"?, "shift"?, "overtime"?: {"start", "end", "label"},
      "segments": [{"kind", "start", "end", "label", "tier"?, "text"?, "window"?, "late"?, "is_core20"?, "key"?}],
      "actuals"?: [{"kind", "start", "end", "label", "key"?}]}]
{% chart_lines series x=.. y=.. title="..." description="..." %}   [{"label", "points", "style"?, "band"?}], axes
                                                                  {"title", "low", "high", "ticks": [(value, text)]}
{% chart_outlook row title="..." description="..." %}           fields of `outlook_charts.Outlook`, and "names"
{% chart_outlook_spark row title="..." description="..." %}     the same, small
{% chart_seasons rows title="..." description="..." %}          [(letter, text, difference from an ordinary month)]
{% chart_weeks columns title="..." description="..." %}            [{"label", "value", "interval", "level"}], in hours
"""

from django import template

from .. import charts, line_charts, outlook_charts, screen_charts, timeline, week_charts

register = template.Library()


@register.simple_tag
def chart_bars(bars, *, title, description=""):
    return screen_charts.bars([charts.Bar(**bar) for bar in bars], title=title, description=description)


@register.simple_tag
def chart_ratio(parts, *, title):
    return charts.ratio_strip(parts, title=title)


@register.simple_tag
def chart_sparkline(values, *, title, description):
    return charts.sparkline(values, title=title, description=description)


@register.simple_tag
def chart_columns(counts, *, title, description):
    return charts.columns(counts, title=title, description=description)


@register.simple_tag
def chart_position(value, *, low, median, high, title, description):
    return charts.position_strip(value, low=low, median=median, high=high, title=title, description=description)


@register.simple_tag
def chart_timeline(rows, *, title, description="", now=None, standalone=False):
    people = [_timeline_row(**row) for row in rows]
    return timeline.timeline(people, title=title, description=description, now=now, standalone=standalone)


def _timeline_row(*, segments, overtime=None, actuals=(), **row):
    return timeline.TimelineRow(
        segments=[timeline.Segment(**segment) for segment in segments],
        overtime=timeline.Span(**overtime) if overtime else None,
        actuals=[timeline.Actual(**actual) for actual in actuals],
        **row,
    )


@register.simple_tag
def chart_lines(series, *, x, y, title, description):
    lines = [line_charts.Series(**one) for one in series]
    return screen_charts.lines(
        lines, x=line_charts.Axis(**x), y=line_charts.Axis(**y), title=title, description=description
    )


@register.simple_tag
def chart_outlook(row, *, title, description):
    fields = {key: value for key, value in row.items() if key != "names"}
    return outlook_charts.outlook_chart(
        outlook_charts.Outlook(**fields), title=title, description=description, names=row["names"]
    )


@register.simple_tag
def chart_outlook_spark(row, *, title, description):
    return outlook_charts.outlook_spark(outlook_charts.Outlook(**row), title=title, description=description)


@register.simple_tag
def chart_seasons(rows, *, title, description):
    return outlook_charts.season_columns(rows, title=title, description=description)


@register.simple_tag
def chart_weeks(columns, *, title, description):
    names = ("Asked for, expected", "In 8 of 10 cases", "On the rota", "Hours")
    rows = [week_charts.WeekColumn(**column) for column in columns]
    return week_charts.week_columns(rows, title=title, description=description, names=names)
