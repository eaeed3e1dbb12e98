const files = {
 "/field": "afef916f147935207097e5a37fef4294df978c7b9c41ac9a6abf23aa29d2ce18",
 "/assets/Confirm-QWm7fGyE.js": "a49f47cfe54864ce8c9e5aaa7056690672e1bb5315cb8d7db7e2e44cb7047caa",
 "/assets/adapter-BkqUXGO4.css": "bd1790b03318d7ceef19c78577ee2bda911c461069533dfa99baa7400730a8c7",
 "/assets/adapter-DRWf89nU.js": "7f4e941fbcfeb47bda413f18738e1263807adabf20d36faa52c4d207d0307ccf",
 "/assets/desk-C7RBxSH6.js": "809ee87185a212100eb75bac4265231a2d0ddd63cdfd43337023028246063848",
 "/assets/field-C3rjMnYP.js": "838ecab38b45468085640f56c62f9d91421061e333b48934780236ad185bc26b",
 "/assets/field-E-MZy9qy.css": "02732b7e685d17d5defc89e016fa5981a6a9a7922544434f6d04411b929bca63",
 "/assets/format-D5XzGrDM.js": "4e5dcdae5a0566677cb980ed2e54c79f781cfd763b1c8edaa649ab7401acd83c",
 "/assets/lamp-DIt39ol9.svg": "5b67c43b67a796e53875710cb3f31a68b3def8ba397905e043bf459be1cf7972",
 "/assets/mapChunk-DMUKGUSS.js": "e7031fe158ace4156688489232ed6b0d7f6d1092d047157749583cfe1cee8298",
 "/assets/maplibre-L1nKO7Wb.js": "a0578d1fd15eb2703f1cde5a178d95ce6ec96bc9ee99eff64c4b20f6dec1ef6b",
 "/assets/maplibre-gl-worker-CZtFQQIV.mjs": "73d7a024a4efe1a46e49db193e18cfe33271e3ecc652ec7542c281a4ef5f0f04",
 "/assets/maplibre-qvkd0SPb.css": "280f62458bee97adaab9c817e977cc89e02cc34d07a3107ba4a545c17c41976d",
 "/assets/overlay-spKCWvMB.js": "6a3525203fc7a190ab0725bff238077d62848de29a36fd2d2d67c9a0b01be289",
 "/assets/palette-BPB2O615.css": "b174a99b35616c49b696d044242cb29b5ba860e1e28c39df9fe2c1d8610d8ebc",
 "/assets/palette-BvkpRygm.js": "3b07749c10d18f3eb0a4c640a13eb34fd5e5dba97fa100ffc9ee2077b552dfb8",
 "/assets/store-5tqgcuEU.js": "0d5cba84e3febd8df852a12332c408ea1d96abf398be2e5ded95002bb98b3edf",
 "/assets/store-BoriJHqT.css": "e0c59faed44ff668a9557ad7c7a5ed2b9d547e1704821e4ffea8fc9a03e8b826",
 "/assets/view-3GaAcJUh.js": "cc973f353b785c1f630993fc3da435c1c74699860b7313fc4a710d3571dc941a",
 "/assets/wait-CAtp1O-J.js": "0eea147625c73fceaa5a221567f0ba3f7429fa479f5cfe51b9e5e81558b51c06",
 "/field.webmanifest": "57c99af1bf3bd656608edd110d8baa72149f40badd9a0ff475a8170426d04d4f",
 "/icons/lamp-192.png": "ecd115be77072af7a04e1b5934b2b9b4ebb6de7806f0e914367723990b8119f3",
 "/sprites/icons.json": "ff30296ffd124723dd418f0848493d95eff02d339e50e326c7ae4f4ecc834b45",
 "/sprites/icons.png": "d9692477688d6b29ca7f147d981a1bc909d1ed6a623e67cd2325bde7dfec2283",
 "/sprites/icons@2x.json": "1f5797c548d63237fa2f00d474c5c7550f8b15d222affa02294e59691a5aef23",
 "/sprites/icons@2x.png": "75bdec391e3711c2a19c5c440173b7a2b7b7c5e17f0e5a78f99f015e192eda09"
}
const build = '2fd13743441c1862'
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
