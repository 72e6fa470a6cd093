# assume: the hook for xonsh. Nothing is started now.
# It defines one alias, `assume`, by which a role becomes this shell's, and its completer.
# The program itself says (by exit code 213) whether the words are a switch; everything else it has done by then.
def _assume_hook():
    import json
    import os
    import subprocess

    from xonsh.completers.tools import RichCompletion, contextual_command_completer_for

    env = __xonsh__.env

    def assume(args, stdin=None, stdout=None, stderr=None, spec=None):
        def real(stream):
            # xonsh puts a pipe of its own between a command and the terminal; a file and another command stay.
            between = spec.captured == "hiddenobject" and spec.last_in_pipeline and isinstance(stream.name, int)
            return None if between else stream

        streams = {"stdin": stdin, "stdout": stdout and real(stdout), "stderr": stderr and real(stderr)}
        code = subprocess.call(["assume", "--hook=ask", *args], env=env.detype(), **streams)
        if code != 213:
            return code
        words = ["assume", f"--hook=xonsh:{os.getpid()}", *args]
        answer = subprocess.run(words, env=env.detype(), stdin=stdin, stdout=subprocess.PIPE, stderr=streams["stderr"])
        if answer.returncode == 0:
            changes = json.loads(answer.stdout)
            for name in changes["unset"]:
                env.pop(name, None)
            for pair in changes["set"]:
                name, value = pair.split("=", 1)
                env[name] = value
        return answer.returncode

    @contextual_command_completer_for("assume")
    def complete(context):
        words = [arg.value for arg in context.args[: context.arg_index]] + [context.prefix]
        found = subprocess.run(
            ["assume", "--hook=complete", "--", *words],
            env=env.detype(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        pairs = (line.split("\t", 1) for line in found.stdout.decode().splitlines())
        return {RichCompletion(value, description=help) for value, help in pairs}

    aliases["assume"] = assume
    __xonsh__.completers["assume"] = complete
    __xonsh__.completers.move_to_end("assume", last=False)


_assume_hook()
del _assume_hook
