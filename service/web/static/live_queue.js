// Lines that the server does not have yet, kept in this browser (IndexedDB) in the order of typing.

const STORE = "lines";

export async function openQueue(session) {
  const opening = indexedDB.open("luiska-live", 1);
  opening.onupgradeneeded = () => {
    const store = opening.result.createObjectStore(STORE, { keyPath: "order", autoIncrement: true });
    store.createIndex("session", "session");
  };
  const database = await done(opening);
  // Another tab may bring a newer form of the store; this one must not stand in its way.
  database.onversionchange = () => database.close();

  async function change(act) {
    const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
    const request = act(transaction.objectStore(STORE));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
    return request.result;
  }

  return {
    // Resolves once the line is on the disk.
    add: (line) => change((store) => store.add({ ...line, session })),
    replace: (line) => change((store) => store.put(line)),
    remove: (order) => change((store) => store.delete(order)),
    all: () => done(database.transaction(STORE).objectStore(STORE).index("session").getAll(session)),
  };
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
