"""The smallest skill that the SDK can be asked for: a launch, an intent, and a net below them."""

from ask_sdk_core.dispatch_components import AbstractExceptionHandler, AbstractRequestHandler
from ask_sdk_core.handler_input import HandlerInput
from ask_sdk_core.skill_builder import SkillBuilder
from ask_sdk_core.utils import is_intent_name, is_request_type
from ask_sdk_model import Response


class Launch(AbstractRequestHandler):
    def can_handle(self, handler_input: HandlerInput) -> bool:
        return bool(is_request_type("LaunchRequest")(handler_input))

    def handle(self, handler_input: HandlerInput) -> Response:
        return handler_input.response_builder.speak("Hello.").ask("Hello?").response


class Hello(AbstractRequestHandler):
    """Whatever the intent is called."""

    def can_handle(self, handler_input: HandlerInput) -> bool:
        return not is_intent_name("AMAZON.StopIntent")(handler_input)

    def handle(self, handler_input: HandlerInput) -> Response:
        return handler_input.response_builder.speak("Hello, world.").response


class Sorry(AbstractExceptionHandler):
    def can_handle(self, handler_input: HandlerInput, exception: Exception) -> bool:
        del handler_input, exception
        return True

    def handle(self, handler_input: HandlerInput, exception: Exception) -> Response:
        del exception
        return handler_input.response_builder.speak("Sorry.").response


_builder = SkillBuilder()
_builder.add_request_handler(Launch())
_builder.add_request_handler(Hello())
_builder.add_exception_handler(Sorry())
hello = _builder.lambda_handler()
