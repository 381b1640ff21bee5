// A program that speaks docs/PROTOCOL.md and shares nothing with the page: what it reads is what the server holds.
import { randomBytes } from "node:crypto";

type Sale = { id: string; receipt: string; lines: { name: string; quantity: number }[]; tenders: Record<string, unknown>[] };
type Rows = {
  people?: { id: string; name: string }[];
  products?: { id: string; name: string }[];
  stock?: { product: string; units: number }[];
  sales?: { sale: Sale; installation: string; voided?: unknown }[];
  refused?: { key: string; sale: Sale; became: string | null }[];
};

export class Witness {
  private constructor(
    private readonly url: string,
    private readonly installation: string,
    private readonly cookie: string,
  ) {}

  static async enrol(url: string, code: string, who: { name: string; pin: string }): Promise<Witness> {
    const [installation, secret] = [uuid7(), randomBytes(32).toString("hex")];
    const enrolled = await call(url, "enrol", { code, installation, secret, name: "Témoin" });
    const { people } = (await enrolled.json()) as Rows;
    const person = people?.find(({ name }) => name === who.name)?.id;
    const signedIn = await call(url, "sign-in", { installation, secret, person, pin: who.pin });
    return new Witness(url, installation, signedIn.headers.getSetCookie()[0].split(";")[0]);
  }

  /** The shop, read from its start. */
  async read() {
    const sales: NonNullable<Rows["sales"]> = [];
    const refused: NonNullable<Rows["refused"]> = [];
    const [names, stock] = [new Map<string, string>(), new Map<string, number>()];
    let position: unknown = null;
    do {
      const request = { protocol: 1, app: "witness", installation: this.installation, from: { start: { position } } };
      const answer = await call(this.url, "pull", request, this.cookie);
      const { rows, next } = (await answer.json()).pulled.start as { rows: Rows; next?: unknown };
      sales.push(...(rows.sales ?? []));
      refused.push(...(rows.refused ?? []));
      for (const { id, name } of rows.products ?? []) names.set(id, name);
      for (const { product, units } of rows.stock ?? []) stock.set(product, units);
      position = next;
    } while (position);
    const byName = new Map([...stock].map(([product, units]) => [names.get(product), units]));
    const id = (name: string) => [...names].find(([, known]) => known === name)?.[0];
    return { sales, refused, names: [...names.values()], id, stock: (name: string) => byName.get(name) };
  }
}

async function call(url: string, address: string, request: unknown, cookie = "") {
  const answer = await fetch(`${url}/api/v1/${address}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(cookie && { cookie }) },
    body: JSON.stringify({ request }),
  });
  if (!answer.ok) throw new Error(`${address}: ${answer.status} ${await answer.text()}`);
  return answer;
}

/** A UUID of version 7: 48 bits of time, the rest chance. */
function uuid7(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
