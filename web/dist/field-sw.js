const files = {
 "/field": "06260360d337f82375a653fcf2549f2f82a84019198e48beffaf6a3771b30e4b",
 "/assets/Confirm-s_CS3FjH.js": "d5479579ef7ff910e6bea74309316a15ab0f3e721dacce83a36f08eb7e80b064",
 "/assets/PhotoRow-By49qx6H.css": "01e1b8739673eb26c2f37d09ca41bb99baf642876ba911b8da1650760b5b9792",
 "/assets/PhotoRow-qJtuYB65.js": "9ca445678036990d02ccdf0800781dbdd2b4efee47a34fb23d40647fd4f2bd1b",
 "/assets/adapter-BkqUXGO4.css": "bd1790b03318d7ceef19c78577ee2bda911c461069533dfa99baa7400730a8c7",
 "/assets/adapter-CzIjKtp7.js": "4cf3db082035adaebab56730f896a87dd638b9226bf3a1e412e0ead700d94ecb",
 "/assets/desk-M-nQ8RzD.js": "8baa49f3012db8bbd62b9dcba409f083c58c2e7ce719b635022325d03d3a0be1",
 "/assets/door-ALhOkoy1.js": "9496a2111935f8a5b6e7657f8b0a2a089f2b539e33d856691612583193632543",
 "/assets/field-Bj0WSLXU.js": "94c059c95bcc54c09e5001e48da99348a61179ffc85770c0f00282b12311a6a7",
 "/assets/field-DUB4AWjC.css": "0ddf1d3a5c7169a3221455c60e7a75100e84ee1877e014af7f3f4faa61092ab3",
 "/assets/format-D5XzGrDM.js": "4e5dcdae5a0566677cb980ed2e54c79f781cfd763b1c8edaa649ab7401acd83c",
 "/assets/lamp-DIt39ol9.svg": "5b67c43b67a796e53875710cb3f31a68b3def8ba397905e043bf459be1cf7972",
 "/assets/mapChunk-CZnG_53p.js": "3448766c319ac95963601cb44d799713f5a95dc196748143f71ec46b340f951f",
 "/assets/maplibre-L1nKO7Wb.js": "a0578d1fd15eb2703f1cde5a178d95ce6ec96bc9ee99eff64c4b20f6dec1ef6b",
 "/assets/maplibre-gl-worker-CZtFQQIV.mjs": "73d7a024a4efe1a46e49db193e18cfe33271e3ecc652ec7542c281a4ef5f0f04",
 "/assets/maplibre-qvkd0SPb.css": "280f62458bee97adaab9c817e977cc89e02cc34d07a3107ba4a545c17c41976d",
 "/assets/overlay-BP53Wly3.js": "cac6475816f700816cd11a0a0a049fb8843764e1013b8139f1d1407a8b8ded92",
 "/assets/palette-BPB2O615.css": "b174a99b35616c49b696d044242cb29b5ba860e1e28c39df9fe2c1d8610d8ebc",
 "/assets/palette-Ch0lBay4.js": "69bf605a817bb222df9730e0db92113000bf3fee425837cd3ccbf883e9a6323b",
 "/assets/store-41ilq17E.js": "416195772cb9febcd780952b8213c01aa7d4f4928e2c20cbf607c0438488571d",
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
const build = 'ab7842f2d55924ad'
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
