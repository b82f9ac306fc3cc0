/**
 * Process 1 of every machine, for any POSIX shell: starts the guest, collects whatever ends without a parent, hands on that the machine is
 * to end, and ends as the guest has ended. Lies beside `init`, a link to the shell. Its arguments are the guest's command.
 *
 * Everybody may read the name and the arguments of a process: so the shell starts once more, as "init" and with this text as its input,
 * and finds the command in 4. Where 5 is open, 3 is too: "ok" goes to 3 once the guest has been started, and its exit status to 5.
 */
export const INIT_SCRIPT = `set -euf
if [ $# -gt 0 ]; then
  path=$PATH
  PATH=\${0%/*}
  exec init <"$0" 4<<END
$path
$(printf '%s\\n' "$@")
END
fi
IFS= read -r PATH <&4
while IFS= read -r word <&4; do set -- "$@" "$word"; done
exec 4<&-
[ -e /proc/self/fd/5 ] || exec 3>/dev/null 5>/dev/null

told=
trap 'told=yes' TERM INT
"$@" </dev/null 3>&- 5>&- &
guest=$!
# Not before: a shell that has just been forked would swallow a signal by the same trap.
trap 'kill -TERM "$guest"' TERM INT
[ -z "$told" ] || kill -TERM "$guest"
echo ok >&3
exec 3>&-
# A signal ends the waiting, not the guest.
while wait "$guest" && status=0 || status=$?; kill -0 "$guest" 2>/dev/null; do :; done
echo "$status" >&5
exit "$status"
`;
