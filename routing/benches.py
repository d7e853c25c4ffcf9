"""What `manage.py bench` can measure here: subject -> module with `add_arguments(parser)` and `run(options, write)`."""

BENCHES = {
    "routing": "routing.planning.bench",
    "judge": "routing.planning.bench_judge",
    "travel": "routing.travel_bench",
}
