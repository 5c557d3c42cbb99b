# SPDX-License-Identifier: GPL-2.0-or-later
#
# complete.zsh DIRECTORY LINE: what zsh lists for LINE and Tab, with the
# completions of DIRECTORY, in a shell on a terminal of its own.
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1= PS2= RPS1=; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D"
zpty -w shell "zstyle ':completion:*' list-grouped false; zstyle ':completion:*' menu no; LISTMAX=0; COLUMNS=200; bindkey '^I' complete-word; setopt nolistbeep; unsetopt autolist listambiguous; bindkey '^X' list-choices; print READY"
while zpty -r shell line; do [[ $line = *READY* && $line != *print* ]] && break; done
zpty -w -n shell "$2"$'\x18'
text=
for ((i = 0; i < 25; i++)); do
	while zpty -r -t shell line; do text+=$line; done
	sleep 0.05
done
zpty -d shell
print -r -- "$text" | sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' | tr '\r' '\n'
