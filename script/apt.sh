# Shared by the install scripts: apt-get as root or through sudo, quietly.
SUDO=
if [ "$(id -u)" -ne 0 ]; then
	SUDO=sudo
fi

need_apt() {
	command -v apt-get >/dev/null || {
		echo "No apt-get here: install by hand what README.md lists under “Other systems”." >&2
		exit 1
	}
	[ -z "$SUDO" ] || command -v sudo >/dev/null || {
		echo "Not root and no sudo: run script/install-run (and script/install-test) as root once." >&2
		exit 1
	}
}

apt_update() {
	need_apt
	echo "Reading the package lists …" >&2
	$SUDO apt-get update -qq
}

apt_install() {
	need_apt
	echo "Installing $* …" >&2
	$SUDO env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}
