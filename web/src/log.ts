// SPDX-License-Identifier: Apache-2.0
// log.ts - what a program has written: pieces that come in any order and more than once, joined to lines.
import type { Happening } from "./types";
import { plural } from "./words";

const LINES_MAX = 400, PIECES_MAX = 500;
const ESCAPES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])/g; // colours, and what else a terminal is told
const OVERWRITTEN = /[^\n]*\r(?!\n)/g;

export class Log {
  private readonly pieces = new Map<number, Happening>();
  private lacks = false;
  private text?: string;

  add(piece: Happening): void {
    this.pieces.set(piece.seq, piece);
    this.text = undefined;
    if (this.pieces.size <= PIECES_MAX) return;
    this.pieces.delete(Math.min(...this.pieces.keys()));
    this.lacks = true;
  }

  /** A piece may end within a line, which the next one of its stream goes on with. */
  private join(): string {
    let text = "", stream: string | undefined;
    for (const piece of [...this.pieces.values()].sort((a, b) => a.seq - b.seq)) {
      if (text && !text.endsWith("\n") && (piece.dropped || piece.stream !== stream)) text += "\n";
      if (piece.dropped) text += `… ${plural(piece.dropped, "byte")} left out …\n`;
      text += piece.text ?? "";
      stream = piece.stream;
    }
    return text.replace(ESCAPES, "").replaceAll("\r\n", "\n").replace(OVERWRITTEN, "").replace(/\n$/, "");
  }

  toString(): string {
    if (this.text !== undefined) return this.text;
    const lines = this.join().split("\n"), more = lines.length - LINES_MAX;
    const before = more > 0 ? [`… ${plural(more, "line")} left out …`] : this.lacks ? ["… what was before is left out …"] : [];
    return (this.text = [...before, ...lines.slice(-LINES_MAX)].join("\n"));
  }
}
