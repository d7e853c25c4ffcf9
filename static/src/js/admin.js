// The Django admin: what every page of ours has about the end of the session.
import "./session_end.js";
import "./typed.js";
