// Files that are sent to the program, which lays them beside the record that is open.

export const MAX_MIB = 32;

/** Sends a file, and gives what the program says of it: the name that it has beside the record, and more. */
export async function send(address, file) {
  if (file.size > MAX_MIB * 1024 * 1024) throw new Error(`Die Datei ist größer als ${MAX_MIB} MiB.`);
  const record = document.querySelector("#vorlage-formular [name=datei]").value;
  const query = new URLSearchParams({ datei: record, name: file.name.slice(-200) });
  const headers = { "Content-Type": "application/octet-stream" };
  const answer = await fetch(`${address}?${query}`, { method: "POST", headers, body: file }).catch(() => {
    throw new Error("Die Verbindung zum Programm fehlt, oder die Datei lässt sich nicht lesen.");
  });
  if (answer.status === 401) throw new Error("Sie sind nicht mehr angemeldet. Bitte in einem anderen Fenster anmelden.");
  if (answer.status === 503) throw new Error("Gerade wird zu viel auf einmal gesendet. Bitte gleich noch einmal versuchen.");
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.fehler ?? "Das Programm nimmt die Datei nicht an.");
  return said;
}
