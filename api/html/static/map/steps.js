// Steps of time: days, weeks, months and years of the calendar, in UTC.

export const STEPS = ["day", "week", "month", "year"];
const DAY = 86_400_000;
// More than these no slider shows apart.
const MOST = 1500;

const day = (text) => new Date(`${text}T00:00:00Z`);
const text = (date) => date.toISOString().slice(0, 10);

/** The first day of the step that a day is in. Weeks begin on Monday. */
export function start(step, of) {
  const at = day(of);
  if (step === "week") at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7));
  if (step === "month" || step === "year") at.setUTCDate(1);
  if (step === "year") at.setUTCMonth(0);
  return text(at);
}

/** The first day of the step that comes `by` steps after the one from a first day. */
export function moved(step, from, by) {
  const at = day(from);
  if (step === "day" || step === "week")
    at.setTime(at.getTime() + by * DAY * (step === "week" ? 7 : 1));
  else if (step === "month") at.setUTCMonth(at.getUTCMonth() + by);
  else at.setUTCFullYear(at.getUTCFullYear() + by);
  return text(at);
}

/** First and last day of the step from a first day. @returns {[string, string]} */
export const period = (step, from) => [from, moved("day", moved(step, from, 1), -1)];

/** How many steps there are from one first day to another. */
export function between(step, from, to) {
  const [a, b] = [day(from), day(to)];
  const months =
    (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth();
  if (step === "month") return months;
  if (step === "year") return months / 12;
  return Math.round((b.getTime() - a.getTime()) / DAY / (step === "week" ? 7 : 1));
}

/** The steps that a slider over these days can have: more than one, and not too many. */
export const fitting = ([first, last]) =>
  STEPS.filter((step) => {
    const many = between(step, start(step, first), start(step, last)) + 1;
    return many > 1 && many <= MOST;
  });
