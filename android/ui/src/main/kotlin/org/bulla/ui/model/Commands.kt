package org.bulla.ui.model

import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import org.bulla.commandHints
import org.bulla.model.Command
import org.bulla.model.CommandArgument
import org.bulla.model.CommandHint
import org.bulla.model.CommandName
import org.bulla.model.FieldTrouble
import org.bulla.model.Refusal
import org.bulla.model.RoomAction
import org.bulla.model.TypedLine
import org.bulla.readLine

/** What the person is told of a line, in place of doing what it says. */
sealed interface CommandAnswer {
    data class Wrong(val name: CommandName, val argument: CommandArgument, val why: FieldTrouble) : CommandAnswer
    data class Refused(val why: Refusal) : CommandAnswer

    /** It may be meant as a message. */
    data class Unknown(val name: String) : CommandAnswer
    data object Help : CommandAnswer
}

data class CommandsState(
    /** Commands that may be meant by what is typed. */
    val hints: List<CommandHint> = emptyList(),
    val answer: CommandAnswer? = null,
)

/** What lines that begin with a slash ask for, in one composer. */
class Commands {
    private val states = MutableStateFlow(CommandsState())

    val state: StateFlow<CommandsState> = states.asStateFlow()

    internal sealed interface Reading {
        data object Message : Reading
        data class Run(val command: Command) : Reading
        data object Answered : Reading
    }

    fun answerSeen() = states.update { it.copy(answer = null) }

    internal fun answer(answer: CommandAnswer) = states.update { it.copy(answer = answer) }

    internal fun suggest(text: String) {
        val begun = text.startsWith("/") && text.drop(1).all(Char::isLetter)
        if (begun || states.value.hints.isNotEmpty()) states.update { it.copy(hints = if (begun) commandHints(text) else emptyList()) }
    }

    /** What is to be done with a line. */
    internal fun read(text: String, abilities: Map<RoomAction, Refusal?>): Reading {
        when (val line = readLine(text)) {
            is TypedLine.Message -> return Reading.Message
            is TypedLine.Command -> {
                val refused = line.needs?.let { abilities[it] } ?: return Reading.Run(line.command)
                answer(CommandAnswer.Refused(refused))
            }
            is TypedLine.Wrong -> answer(CommandAnswer.Wrong(line.name, line.argument, line.why))
            is TypedLine.Unknown -> answer(CommandAnswer.Unknown(line.name))
        }
        return Reading.Answered
    }
}
