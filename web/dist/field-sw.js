const files = {
 "/field": "1abb2bcdda190ced5a86a794018c3f44c2e26f3494b9192dbe4f36c7bc6c2457",
 "/assets/Confirm-C9rv0Y8x.js": "435e7f266ed8ef0149c7b6a292dc79345c18d367a0f5daa9463adcbc893452b8",
 "/assets/PhotoRow-By49qx6H.css": "01e1b8739673eb26c2f37d09ca41bb99baf642876ba911b8da1650760b5b9792",
 "/assets/PhotoRow-D_oIEFGt.js": "fe856c34d54c49dc1a6496ad57aadd94903b6fbb7a53761fb691727f07ae593a",
 "/assets/adapter-B5DIpVAW.js": "957c50acbdaa85064c7e4fd1ae4124647ab993d8c1ccda4def06524ef8a2b965",
 "/assets/adapter-BkqUXGO4.css": "bd1790b03318d7ceef19c78577ee2bda911c461069533dfa99baa7400730a8c7",
 "/assets/desk-HQ_zeM7t.js": "a0128dc3f7646c4b95b16adee2c97d15c18ca123199f21f04a9098a04b78f4b5",
 "/assets/door-n0-hRwft.js": "b5b872a76ac0ead3521f0d85cdc3210921061832260e22e39dbb6b252b359820",
 "/assets/field-BIET_2y-.js": "0406600697ec485124d4325ca1755e437576a2535d5ca9373b4d74bc4017f901",
 "/assets/field-DUB4AWjC.css": "0ddf1d3a5c7169a3221455c60e7a75100e84ee1877e014af7f3f4faa61092ab3",
 "/assets/format-D5XzGrDM.js": "4e5dcdae5a0566677cb980ed2e54c79f781cfd763b1c8edaa649ab7401acd83c",
 "/assets/lamp-DIt39ol9.svg": "5b67c43b67a796e53875710cb3f31a68b3def8ba397905e043bf459be1cf7972",
 "/assets/mapChunk-DYCishTo.js": "93056696d5c5ed032ba0245cc63c4ed5b57dbc5ef9240e4356d1450d11f33daf",
 "/assets/maplibre-L1nKO7Wb.js": "a0578d1fd15eb2703f1cde5a178d95ce6ec96bc9ee99eff64c4b20f6dec1ef6b",
 "/assets/maplibre-gl-worker-CZtFQQIV.mjs": "73d7a024a4efe1a46e49db193e18cfe33271e3ecc652ec7542c281a4ef5f0f04",
 "/assets/maplibre-qvkd0SPb.css": "280f62458bee97adaab9c817e977cc89e02cc34d07a3107ba4a545c17c41976d",
 "/assets/overlay-BLeAG8Tf.js": "57b7f9834496cba379a84c81d8db647ca38aa011cae68ceea62a373e7a9d3eca",
 "/assets/palette-BPB2O615.css": "b174a99b35616c49b696d044242cb29b5ba860e1e28c39df9fe2c1d8610d8ebc",
 "/assets/palette-DoiL8CL7.js": "fe2ffbc50077c35788db0ec23ca91559e3af95762be008d1290a3b939b14785a",
 "/assets/place-DtPFfH5c.js": "0a228bdadcfa5bfb907d2e1f68a55ed21870cc6f7bc563cf5a8777b549da2625",
 "/assets/store-BhCK_L3y.js": "f0dafc415f9870acd57025682a165f8c5d9c069d7b2b6bea07872fe745a87983",
 "/assets/store-BoriJHqT.css": "e0c59faed44ff668a9557ad7c7a5ed2b9d547e1704821e4ffea8fc9a03e8b826",
 "/assets/uuid-DbwIjwPJ.js": "23e5e6ef8bb3e05792fcb487a3e33a23859e3b98947b47fb381f78241a54e2a8",
 "/assets/view-3GaAcJUh.js": "cc973f353b785c1f630993fc3da435c1c74699860b7313fc4a710d3571dc941a",
 "/assets/wait-CAtp1O-J.js": "0eea147625c73fceaa5a221567f0ba3f7429fa479f5cfe51b9e5e81558b51c06",
 "/field.webmanifest": "57c99af1bf3bd656608edd110d8baa72149f40badd9a0ff475a8170426d04d4f",
 "/icons/lamp-192.png": "ecd115be77072af7a04e1b5934b2b9b4ebb6de7806f0e914367723990b8119f3",
 "/sprites/icons.json": "ff30296ffd124723dd418f0848493d95eff02d339e50e326c7ae4f4ecc834b45",
 "/sprites/icons.png": "d9692477688d6b29ca7f147d981a1bc909d1ed6a623e67cd2325bde7dfec2283",
 "/sprites/icons@2x.json": "1f5797c548d63237fa2f00d474c5c7550f8b15d222affa02294e59691a5aef23",
 "/sprites/icons@2x.png": "75bdec391e3711c2a19c5c440173b7a2b7b7c5e17f0e5a78f99f015e192eda09"
}
const build = 'bfcd2840dae11c35'
const worker = self;
const prefix = "lintu-field-";
const name = prefix + build;
/** Takes in the whole build or nothing: a file of another build, which a server changed meanwhile may send, ends it. */
async function install() {
	const cache = await caches.open(name);
	try {
		await Promise.all(Object.entries(files).map(async ([path, hash]) => {
			const response = await fetch(path, { cache: "no-cache" });
			const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await response.clone().arrayBuffer()));
			const got = Array.from(digest, (b) => b.toString(16).padStart(2, "0")).join("");
			if (!response.ok || got !== hash) throw new Error(`${path} is not of this build`);
			await cache.put(path, response);
		}));
	} catch (error) {
		await caches.delete(name);
		throw error;
	}
}
async function activate() {
	const old = (await caches.keys()).filter((key) => key.startsWith(prefix) && key !== name);
	await Promise.all(old.map((key) => caches.delete(key)));
	await worker.clients.claim();
}
async function fromBuild(path, request) {
	const cache = await caches.open(name);
	return await cache.match(path) ?? fetch(request);
}
worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("message", (event) => {
	if (event.data === "activate") void worker.skipWaiting();
});
worker.addEventListener("fetch", (event) => {
	const { request } = event;
	const { origin, pathname } = new URL(request.url);
	if (request.method !== "GET" || origin !== location.origin || !(pathname in files)) return;
	event.respondWith(fromBuild(pathname, request));
});
