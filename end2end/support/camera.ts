// A camera that sees a barcode, for Chromium: a film in a file, shown over and over.
import { writeFileSync } from "node:fs";

const LEFT = ["0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011"];
/** Which of the six left figures are written mirrored, by the first figure of the code. */
const MIRRORED = ["000000", "001011", "001101", "001110", "010011", "011001", "011100", "010101", "010110", "011010"];

const flip = (bits: string) => [...bits].map((bit) => (bit === "0" ? "1" : "0")).join("");

/** The bars of an EAN-13 code, a bit a module: 1 is black. GS1 General Specifications, 5.2. */
export function bars(code: string): string {
  const [first, ...figures] = [...code].map(Number);
  const mirrored = MIRRORED[first!]!;
  const left = figures.slice(0, 6).map((figure, at) => {
    const bits = LEFT[figure]!;
    return mirrored[at] === "1" ? [...flip(bits)].reverse().join("") : bits;
  });
  const right = figures.slice(6).map((figure) => flip(LEFT[figure]!));
  return `101${left.join("")}01010${right.join("")}101`;
}

const [WIDTH, HEIGHT, MODULE, FRAMES_A_SECOND] = [640, 480, 4, 10];

/** A film of a table on which a packet with this code comes and goes, two seconds each, as YUV4MPEG2. */
export function film(file: string, code: string) {
  const [dark, light, grey] = [30, 220, 128];
  const row = Buffer.alloc(WIDTH, light);
  const from = (WIDTH - 95 * MODULE) / 2;
  [...bars(code)].forEach((bit, at) => bit === "1" && row.fill(dark, from + at * MODULE, from + (at + 1) * MODULE));
  const empty = Buffer.alloc(WIDTH, 150);
  const frame = (seen: boolean) => {
    const rows = Array.from({ length: HEIGHT }, (_, y) => (seen && y > HEIGHT / 4 && y < (HEIGHT * 3) / 4 ? row : empty));
    return Buffer.concat([Buffer.from("FRAME\n"), ...rows, Buffer.alloc((WIDTH * HEIGHT) / 2, grey)]);
  };
  const frames = [true, false].flatMap((seen) => Array<Buffer>(2 * FRAMES_A_SECOND).fill(frame(seen)));
  writeFileSync(file, Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FRAMES_A_SECOND}:1 Ip A1:1 C420\n`), ...frames]));
}
