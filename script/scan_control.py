"""A program with two holes, for script/scan to find: CERT KEY PORT. It puts id into
its SQL, and name into its page."""
import http.server
import sqlite3
import ssl
import sys
import urllib.parse

db = sqlite3.connect(":memory:", check_same_thread=False)
db.execute("CREATE TABLE unit (id int, name text)")
db.execute("INSERT INTO unit VALUES (1, 'one'), (2, 'two')")


class Hole(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        wanted = asked.get("id", ["1"])[0]
        try:
            status, rows = 200, db.execute("SELECT name FROM unit WHERE id = " + wanted).fetchall()
        except sqlite3.Error:
            status, rows = 400, []
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<p>{asked.get('name', [''])[0]}</p><p>{rows}</p>".encode())

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[3])), Hole)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
