#!/usr/bin/env bash
# Installs what `swift build -c release` built, or removes it again: `make install`, `make uninstall`.
#
# usage: PREFIX=/usr/local DESTDIR= Scripts/install.sh [install|uninstall|packages]
#
# Everything is put together in a staging folder first, then moved into place file by file, so that a failure leaves
# the old installation whole and a running mneme keeps the files that it has open. What was put there stands in
# share/mneme/installed.txt: the next install removes what is no longer needed, `uninstall` removes exactly that,
# `packages` prints the Debian packages that the installed programs need.
set -euo pipefail
export LC_ALL=C
umask 022

root=$(cd "$(dirname "$0")/.." && pwd)
build=${BUILD:-$root/.build/release}
prefix=${PREFIX:-/usr/local}
destination=${DESTDIR:-}
list=share/mneme/installed.txt

fail() { # MESSAGE DO
    printf 'error: %s\n  do: %s\n' "$1" "$2" >&2
    exit 1
}

[[ $prefix == /* ]] || fail "PREFIX isn't an absolute path: $prefix" "name it from / on; DESTDIR goes before it"
prefix=${prefix%/}
target=${destination%/}$prefix

# Removes files named on standard input, and folders that became empty by it; what others put there stays.
remove() {
    local path folder
    while IFS= read -r path; do
        case /$path/ in */../* | //*) fail "$target/$list names $path" "remove that line" ;; esac
        rm -f "$target/$path"
        folder=$(dirname "$path")
        while [[ $folder != . ]] && rmdir "$target/$folder" 2>/dev/null; do folder=$(dirname "$folder"); done
    done
}

uninstall() {
    if [[ ! -e $target/$list ]]; then
        echo "nothing is installed in $target (there is no $list)"
        return
    fi
    local files
    files=$(sort -u "$target/$list")
    remove <<<"$files"
    echo "removed $(wc -l <<<"$files") files from $target"
}

# The libraries that a binary names, one per line.
needed() { readelf -dW "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p'; }

# The folders of the toolchain's runtime, as the linker wrote them into the executable.
runtime_folders() {
    readelf -dW "$1" | sed -n 's/.*(RUNPATH).*\[\(.*\)\]$/\1/p' | tr ':' '\n' | grep '^/' || true
}

# Everything that a binary needs, and what that needs: «runtime PATH» is the toolchain's, «system NAME» isn't.
closure() {
    local -a queue=("$1")
    local -A known=()
    local file name folder found
    while [[ ${#queue[@]} -gt 0 ]]; do
        file=${queue[0]}
        queue=("${queue[@]:1}")
        while IFS= read -r name; do
            [[ -z ${known[$name]:-} ]] || continue
            known[$name]=1
            found=
            for folder in "${folders[@]}"; do
                if [[ -f $folder/$name ]]; then found=$folder/$name; break; fi
            done
            if [[ -n $found ]]; then
                echo "runtime $found"
                queue+=("$found")
            elif [[ -f $build/$name ]]; then
                fail "$(basename "$file") needs $name, which this package builds" \
                    "link it statically: a library's private copy has nothing beside it"
            else
                echo "system $name"
            fi
        done < <(needed "$file")
    done
}

# The runtime of the programs goes to the staging folder. A plugin brings nothing: it may need only what mneme maps,
# because the host loads a private copy of it that finds no neighbours.
copy_runtime() {
    local program library kind what lacking
    mapfile -t folders < <(runtime_folders "$build/mneme")
    [[ ${#folders[@]} -gt 0 ]] \
        || fail "$build/mneme names no folder of a Swift runtime" "build it with swift build -c release, without --static-swift-stdlib"
    for program in "${programs[@]}"; do closure "$program"; done >"$work/programs"
    for library in "${libraries[@]}"; do
        closure "$library" >"$work/library"
        lacking=$(comm -23 <(grep '^runtime' "$work/library" | sort) <(closure "$build/mneme" | sort) | sed 's|.*/||' | tr '\n' ' ')
        [[ -z $lacking ]] \
            || fail "$(basename "$library") needs $lacking, which mneme doesn't map" "leave the import out, or link it statically"
        cat "$work/library" >>"$work/programs"
    done
    while read -r kind what; do
        if [[ $kind == runtime ]]; then
            install -D -m 644 "$what" "$stage/lib/mneme/swift/$(basename "$what")"
        else
            echo "$what" >>"$work/system"
        fi
    done < <(sort -u "$work/programs")
}

# Debug information away, symbols stay: they name the frames of a backtrace and cost 3 MB. Then the run path, where
# the linker put this machine's toolchain. DT_RPATH and not DT_RUNPATH: it also holds for what a plugin without a path
# of its own needs, and an LD_LIBRARY_PATH for another toolchain can't put that one's runtime under ours.
install_binary() { # FROM TO MODE [RPATH]
    install -D -m "$3" "$1" "$stage/$2"
    strip --strip-debug "$stage/$2"
    if [[ -n ${4:-} ]]; then patchelf --force-rpath --set-rpath "$4" "$stage/$2"; else patchelf --remove-rpath "$stage/$2"; fi
}

# The repository's plugins.json without its folders: bare names are then found in ../lib/mneme/plugins.
write_configuration() {
    local library
    install -d "$stage/share/mneme"
    sed '/^  "paths": {.*},$/d' "$root/plugins.json" >"$stage/share/mneme/plugins.json"
    ! grep -q '"paths" *:\|/\.build/' "$stage/share/mneme/plugins.json" \
        || fail "plugins.json names folders in a form that this script can't take out" "keep \"paths\" on a line of its own"
    while IFS= read -r library; do
        [[ -f $stage/lib/mneme/plugins/$library ]] \
            || fail "plugins.json names $library, which isn't built" "swift build -c release"
    done < <(sed -n 's/.*"\(lib[A-Za-z0-9_]*\.so\)".*/\1/p' "$stage/share/mneme/plugins.json")
    install -D -m 644 "$root/docs/schema/plugins-1.json" "$stage/share/mneme/docs/schema/plugins-1.json"
    # What it names relative to itself.
    install -d "$stage/share/mneme/models"
    install -m 644 "$root"/models/* "$stage/share/mneme/models/"
}

# Written by the staged executable, which thereby shows that it finds its runtime.
write_completions() {
    local shell file
    for shell in bash:share/bash-completion/completions/mneme zsh:share/zsh/site-functions/_mneme \
        fish:share/fish/vendor_completions.d/mneme.fish; do
        file=$stage/${shell#*:}
        install -d "$(dirname "$file")"
        env -u LD_LIBRARY_PATH "$stage/bin/mneme" completions "${shell%%:*}" >"$file" \
            || fail "the installed mneme doesn't start" "run Scripts/install.sh with bash -x, and see ldd $build/mneme"
    done
}

# Nothing is missing, and nothing of the runtime comes from anywhere but lib/mneme/swift.
check_libraries() { # BINARY
    local path
    while read -r path; do
        case $path in
        *"not found"*)
            fail "$(basename "$1") doesn't find ${path%% *}" "install the Debian package that has it (apt-file search)"
            ;;
        esac
    done < <(env -u LD_LIBRARY_PATH ldd "$1")
    while read -r path; do
        [[ ! -f $stage/lib/mneme/swift/$(basename "$path") || $path -ef $stage/lib/mneme/swift/$(basename "$path") ]] \
            || fail "$(basename "$1") takes $path for its runtime" "look at its run path with readelf -d"
    done < <(loaded "$1")
}

# The files that a program maps when it starts.
loaded() { env -u LD_LIBRARY_PATH ldd "$1" | sed -n 's|^[^/]*\(/[^ ]*\) (0x.*|\1|p'; }

# The Debian packages of what an installed program needs of the system.
packages() {
    local path
    [[ -x $target/bin/mneme ]] || fail "there is no $target/bin/mneme" "make install PREFIX=$prefix"
    for path in "$target/bin/mneme" "$target/libexec/mneme/mneme-worker"; do
        [[ ! -x $path ]] || loaded "$path"
    done | sort -u | while read -r path; do
        [[ $path -ef $target/lib/mneme/swift/$(basename "$path") ]] \
            || dpkg -S "$path" 2>/dev/null || dpkg -S "/usr$path" 2>/dev/null || dpkg -S "$(readlink -f "$path")"
    done | cut -d: -f1 | sort -u
}

# A rename per file: a reader sees the old file or the new one.
place() {
    local path from to
    while IFS= read -r path; do
        from=$stage/$path
        to=$target/$path
        install -d "$(dirname "$to")"
        rm -f "$to.new"
        cp -P --preserve=mode "$from" "$to.new"
        mv -fT "$to.new" "$to"
    done
}

install_all() {
    local tool library old
    for tool in patchelf strip readelf; do
        command -v "$tool" >/dev/null || fail "there is no $tool" "apt-get install patchelf binutils"
    done
    [[ -x $build/mneme ]] || fail "there is no $build/mneme" "make build"

    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    stage=$work/stage
    programs=("$build/mneme")
    libraries=()

    install_binary "$build/mneme" bin/mneme 755 "\$ORIGIN/../lib/mneme/swift"
    ln -s mneme "$stage/bin/signet-predictor"
    if [[ -x $build/mneme-worker ]]; then
        install_binary "$build/mneme-worker" libexec/mneme/mneme-worker 755 "\$ORIGIN/../../lib/mneme/swift"
        programs+=("$build/mneme-worker")
    fi
    install -d "$stage/lib/mneme/plugins"
    for library in "$build"/lib*Scorer.so; do
        [[ -f $library ]] || continue
        install_binary "$library" "lib/mneme/plugins/$(basename "$library")" 644
        libraries+=("$library")
    done
    copy_runtime
    check_libraries "$stage/bin/mneme"
    [[ ! -e $stage/libexec/mneme/mneme-worker ]] || check_libraries "$stage/libexec/mneme/mneme-worker"
    install -D -m 644 "$root/Sources/PluginABI/include/mneme_plugin.h" "$stage/include/mneme/mneme_plugin.h"
    install -D -m 644 "$root/Sources/PluginABI/mneme.rs" "$stage/include/mneme/mneme.rs"
    write_configuration
    write_completions

    (cd "$stage" && find . \( -type f -o -type l \) -printf '%P\n' | sort) >"$work/files"
    echo "$list" >>"$work/files"
    cp "$work/files" "$stage/$list"

    # Libraries before the programs that need them, programs before what they no longer need.
    { grep -v '^bin/\|^libexec/' "$work/files"; grep '^bin/\|^libexec/' "$work/files"; } >"$work/order"
    old=
    if [[ -e $target/$list ]]; then old=$(sort -u "$target/$list" | comm -23 - <(sort "$work/files")); fi
    place <"$work/order"
    if [[ -n $old ]]; then remove <<<"$old"; fi
    report
}

size() { du -shL "$@" | cut -f1 | tr '\n' ' '; }

report() {
    echo "installed in $target: $(wc -l <"$work/files") files, $(du -shc "$stage" | tail -1 | cut -f1)"
    echo "  bin/mneme          $(size "$stage/bin/mneme")"
    if [[ -e $stage/libexec/mneme/mneme-worker ]]; then
        echo "  mneme-worker       $(size "$stage/libexec/mneme/mneme-worker")"
    else
        echo "  mneme-worker       isn't built: not installed"
    fi
    echo "  lib/mneme/swift    $(size "$stage/lib/mneme/swift")in $(find "$stage/lib/mneme/swift" -type f | wc -l) libraries"
    echo "  lib/mneme/plugins  $(size "$stage/lib/mneme/plugins")in $(find "$stage/lib/mneme/plugins" -type f | wc -l) libraries"
    echo "  of the system      $(sort -u "$work/system" | tr '\n' ' ')"
}

case ${1:-install} in
install) install_all ;;
uninstall) uninstall ;;
packages) packages ;;
*) fail "unknown word: $1" "Scripts/install.sh [install|uninstall|packages]" ;;
esac
