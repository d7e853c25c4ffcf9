// Which authority, board and region each area belongs to, from the run lengths of the document of places.

const LEVELS = ["local_authority", "icb", "region"];

/**
 * @param {Object<string, number[]>} runs kind -> [number, count, number, count, ...] over the areas by index
 * @returns {Uint16Array[]} by level (authority first): number of the place by identifier (index + 1), 0 for none
 */
export function readBorders(runs) {
  return LEVELS.map((kind) => {
    const list = runs[kind] || [];
    let size = 1;
    for (let k = 1; k < list.length; k += 2) size += list[k];
    const places = new Uint16Array(size);
    let id = 1;
    for (let k = 0; k < list.length; k += 2) {
      places.fill(list[k], id, id + list[k + 1]);
      id += list[k + 1];
    }
    return places;
  });
}

/** 0: the same authority, or no border known; 1: authorities, 2: boards, 3: regions differ. The sea has no border. */
export function borderLevel(borders, one, other) {
  if (one === other || one === 0 || other === 0) return 0;
  const [authority, board, region] = borders;
  if (region[one] !== region[other] && region[one] && region[other]) return 3;
  if (board[one] !== board[other] && board[one] && board[other]) return 2;
  return authority[one] !== authority[other] && authority[one] && authority[other] ? 1 : 0;
}
