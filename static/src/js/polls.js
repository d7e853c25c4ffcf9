// Parts of a page that ask for themselves every so many seconds, without anybody doing anything.
export const isPoll = (element) => /\bevery\b/.test(element?.getAttribute?.("hx-trigger") ?? "");
