"""The solver of the wheel `cvc5` as a command: SMT-LIB on standard input, answers on standard output."""

import sys

import cvc5


class Session:
    """What lasts until `(reset)`."""

    def __init__(self):
        self.solver = cvc5.Solver(cvc5.TermManager())
        # A minute for each question, in milliseconds.
        self.solver.setOption("tlimit-per", "60000")
        self.parser = cvc5.InputParser(self.solver)

    def run(self, text):
        self.parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "stdin")
        while not (command := self.parser.nextCommand()).isNull():
            answer = str(command.invoke(self.solver, self.parser.getSymbolManager()))
            if answer and answer != "success\n":
                sys.stdout.write(answer)
                sys.stdout.flush()


def whole_commands(lines):
    """Texts whose parentheses are closed, outside of strings and quoted symbols."""
    depth, quote, text = 0, "", ""
    for line in lines:
        if depth == 0 and line.startswith(";"):
            continue
        text += line
        for letter in line:
            if quote:
                quote = "" if letter == quote else quote
            elif letter in '"|':
                quote = letter
            else:
                depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0 and not quote and text.strip():
            yield text
            text = ""


session = Session()
for command in whole_commands(sys.stdin):
    if command.strip() == "(reset)":
        session = Session()
    else:
        session.run(command)
