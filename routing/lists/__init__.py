"""Lists of visit planning as files (`accounts.list_files`): plans, stops, teams, people, rotas, visits, figures."""
