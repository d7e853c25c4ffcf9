"""What the tables of Insights and Ask are called on pages."""

from accounts.field_words import describe

describe("insights.Conversation", "conversation with Ask", {"slots": "what it is about", "title": "title"})
describe("insights.Message", "question or answer in Ask", {"content": "answer", "text": "question"})
