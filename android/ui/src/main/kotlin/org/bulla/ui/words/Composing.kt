package org.bulla.ui.words

import org.bulla.commandHints
import org.bulla.model.CommandArgument
import org.bulla.model.CommandHint
import org.bulla.model.CommandName
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.NoScheduling
import org.bulla.model.ThreadReading
import org.bulla.ui.model.CommandAnswer
import org.bulla.ui.model.Problem

/** What a command does. */
fun Words.command(name: CommandName): String = when (name) {
    CommandName.ME -> commandMe
    CommandName.PLAIN -> commandPlain
    CommandName.SHRUG -> commandShrug
    CommandName.TOPIC -> commandTopic
    CommandName.NICK -> commandNick
    CommandName.INVITE -> commandInvite
    CommandName.JOIN -> commandJoin
    CommandName.LEAVE -> commandLeave
    CommandName.KICK -> commandKick
    CommandName.BAN -> commandBan
    CommandName.UNBAN -> commandUnban
    CommandName.HELP -> commandHelp
}

/** What is typed for it: `/kick @person:server (reason, optional)`. */
fun Words.usage(hint: CommandHint): String =
    (listOf(hint.typed) + hint.arguments.map { if (it == CommandArgument.REASON) "(${argument(it)})" else argument(it) }).joinToString(" ")

fun Words.argument(argument: CommandArgument): String = when (argument) {
    CommandArgument.TEXT -> argumentText
    CommandArgument.NAME -> argumentName
    CommandArgument.USER -> argumentUser
    CommandArgument.ROOM -> argumentRoom
    CommandArgument.REASON -> argumentReason
}

/** What is said of a line, in place of doing what it says; null where a list of commands is shown. */
fun Words.answer(answer: CommandAnswer): String? = when (answer) {
    is CommandAnswer.Refused -> whyNot(answer.why)
    is CommandAnswer.Unknown -> commandUnknown(oneLine(answer.name, 32))
    is CommandAnswer.Help -> null
    is CommandAnswer.Wrong -> commandWrong(commandHints("/").find { it.name == answer.name }?.typed ?: "/", wrong(answer.argument, answer.why))
}

private fun Words.wrong(part: CommandArgument, trouble: FieldTrouble): String = when (trouble) {
    FieldTrouble.EMPTY -> wrongMissing(argument(part))
    FieldTrouble.TOO_LONG -> wrongLong
    FieldTrouble.NOT_ALLOWED -> wrongMore
    else -> wrongForm(argument(part))
}

/** Why nothing can be scheduled. */
fun Words.noScheduling(why: NoScheduling): String = when (why) {
    NoScheduling.NOT_MEMBER -> notAllowedOutside
    NoScheduling.ENCRYPTED -> noSchedulingEncrypted
    NoScheduling.SERVER -> noSchedulingServer
}

/** The same as [problem], where a moment was chosen. */
fun Words.schedulingProblem(problem: Problem): String = if ((problem as? Problem.Invalid)?.field == Field.DATE) sendLaterPast else problem(problem)

/** How much of a thread is unread; null where nothing is. */
fun Words.unread(reading: ThreadReading?): String? {
    if (reading == null || reading.unread == 0u) return null
    val count = if (reading.unread >= 50u) threadUnreadMany else threadUnread(reading.unread.toInt())
    return if (reading.mentions == 0u) count else "$count, ${threadMentions(reading.mentions.toInt())}"
}
