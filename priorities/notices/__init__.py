"""What people can be told of priorities, and the rules about areas. The mechanism is `accounts.notices`."""
