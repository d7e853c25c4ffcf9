// How hard a new password is to guess, while it is typed: in words that are read out when they change, and as a bar. It
// never leaves the page; the server decides what it takes.

const SHORTEST = 12;
const FAIR = 40; // bits of a guess
const STRONG = 55;
const KNOWN = /passw|welcome|qwert|asdf|letme|admin|secret|summer|winter|spring|autumn|health|route|equi|nhs|hospital/i;
const WORDS = {
  short: (missing) => `Too short: ${missing} more ${missing === 1 ? "character" : "characters"}`,
  weak: () => "Easy to guess. Add another word",
  fair: () => "Harder to guess. One more word makes it strong",
  strong: () => "Hard to guess",
};

// Bits of one run of characters of the same kind, as somebody would guess it who knows how people choose.
function bitsOf(part) {
  if (new Set(part).size === 1) return 4;
  if (KNOWN.test(part)) return 3;
  if (/^\p{L}+$/u.test(part)) return part.length < 4 ? part.length * 4.7 : 11 + (part.length - 4) * 1.5;
  if (/^\d+$/.test(part)) return isRow(part) || /^(19|20)\d\d$/.test(part) ? 5 : part.length * 3.3;
  return part.length * 5;
}

const isRow = (digits) =>
  digits.length > 2 && [...digits].every((digit, place) => place === 0 || Math.abs(digit - digits[place - 1]) === 1);

export function levelOf(password) {
  const length = [...password].length;
  if (length < SHORTEST) return { level: "short", value: 1, missing: SHORTEST - length };
  const parts = password.match(/\p{L}+|\d+|[^\p{L}\d]+/gu) ?? [];
  const seen = new Set();
  let bits = 0;
  for (const part of parts.map((each) => each.toLowerCase())) {
    bits += seen.has(part) ? 1 : bitsOf(part);
    seen.add(part);
  }
  if (bits < FAIR) return { level: "weak", value: 2 };
  return bits < STRONG ? { level: "fair", value: 3 } : { level: "strong", value: 4 };
}

function watch(field) {
  const place = document.createElement("div");
  place.className = "her-strength";
  const bar = document.createElement("meter");
  Object.assign(bar, { min: 0, max: 4, low: 2.5, high: 3.5, optimum: 4, value: 0 });
  bar.setAttribute("aria-hidden", "true");
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  place.append(bar, said);
  place.hidden = true;
  field.closest(".nhsuk-form-group").append(place);
  field.addEventListener("input", () => {
    const { level, value, missing } = levelOf(field.value);
    place.hidden = !field.value;
    bar.value = value;
    const words = WORDS[level](missing);
    if (said.textContent !== words) said.textContent = words;
  });
}

for (const field of document.querySelectorAll("input[data-password-strength]")) watch(field);
