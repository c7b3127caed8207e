#!/bin/sh
# Makes a certificate authority for tests, a server certificate for localhost and 127.0.0.1, and client certificates with
# the names that Lupaus reads. Not for production: keys are unencrypted and lie beside each other.
#
#   make_test_ca.sh DIR [NAME=URI...]
#
# DIR gets ca.pem, server.pem, server.key and for each NAME a NAME.pem and NAME.key whose SAN URI is URI. Without names:
#   kiosk=lupaus:source/helsinki-1  author=lupaus:person/anna?role=author  finance=lupaus:person/frida?role=finance
set -eu

if [ $# -lt 1 ]; then
  echo "usage: make_test_ca.sh DIR [NAME=URI...]" >&2
  exit 2
fi
dir=$1
shift
if [ $# -eq 0 ]; then
  set -- "kiosk=lupaus:source/helsinki-1" "author=lupaus:person/anna?role=author" \
    "finance=lupaus:person/frida?role=finance"
fi
mkdir -p "$dir"
cd "$dir"
umask 077
days=30

issue() { # name subject extensions
  openssl ecparam -name prime256v1 -genkey -noout -out "$1.key" 2>/dev/null
  openssl req -new -key "$1.key" -subj "$2" -out "$1.csr" 2>/dev/null
  printf '%s\n' "$3" >"$1.ext"
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days $days -sha256 -extfile "$1.ext" \
    -out "$1.pem" 2>/dev/null
  rm -f "$1.csr" "$1.ext"
}

openssl ecparam -name prime256v1 -genkey -noout -out ca.key 2>/dev/null
openssl req -x509 -new -key ca.key -sha256 -days $days -subj "/CN=Lupaus test authority" \
  -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" -out ca.pem 2>/dev/null
issue server "/CN=localhost" "subjectAltName=DNS:localhost,IP:127.0.0.1
extendedKeyUsage=serverAuth"
for client in "$@"; do
  name=${client%%=*}
  uri=${client#*=}
  issue "$name" "/CN=$name" "subjectAltName=URI:$uri
extendedKeyUsage=clientAuth"
done
echo "made $dir: ca.pem server.pem and $# client certificates, valid for $days days"
