package dev.origo.aws;

import dev.origo.model.Code;
import dev.origo.model.Problem;
import dev.origo.spi.CloudException;
import dev.origo.spi.CloudFailure;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLHandshakeException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/// From the SDK's exceptions to failures that core understands.
///
/// Source of the codes: "Common errors" and each action's "Errors" in the ELBv2 and EC2 API
/// references.
final class AwsErrors {
    private static final Duration THROTTLE_PAUSE = Duration.ofSeconds(1);
    private static final Pattern ACTION =
            Pattern.compile("not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9]+)");

    private static final String UNSET_KEYS =
            "\\w+\\(\\): Unable to load credentials from system settings\\.[^,\\]]*(, )?";

    private static final Set<String> DENIED =
            words(
                    """
                    AccessDenied AccessDeniedException UnauthorizedOperation OptInRequired
                    """);
    private static final Set<String> UNAUTHENTICATED =
            words(
                    """
                    ExpiredToken ExpiredTokenException RequestExpired InvalidClientTokenId
                    UnrecognizedClientException SignatureDoesNotMatch IncompleteSignature
                    MissingAuthenticationToken InvalidAccessKeyId InvalidIdentityToken AuthFailure
                    """);
    private static final Set<String> THROTTLED =
            words(
                    """
                    Throttling ThrottlingException RequestLimitExceeded RequestThrottled
                    TooManyRequestsException SlowDown
                    """);
    private static final Set<String> CONFLICT =
            words(
                    """
                    ResourceInUse DependencyViolation DuplicateListener DuplicateLoadBalancerName
                    DuplicateTargetGroupName PriorRequestNotComplete InvalidGroup.Duplicate
                    InvalidPermission.Duplicate InvalidGroup.InUse IncorrectState
                    TargetGroupAssociationLimit
                    """);
    private static final Set<String> REJECTED =
            words(
                    """
                    ValidationError ValidationException InvalidSubnet InvalidScheme InvalidTarget
                    InvalidConfigurationRequest InvalidLoadBalancerAction IncompatibleProtocols
                    UnsupportedProtocol ALPNPolicyNotFound ALPNPolicyNotSupported SSLPolicyNotFound
                    CertificateNotFound AllocationIdNotFound AvailabilityZoneNotSupported
                    OperationNotPermitted ResourceAlreadyAssociated InvalidParameterValue
                    InvalidParameterCombination InvalidParameter InvalidParameterException
                    MissingParameter
                    """);

    private AwsErrors() {}

    private static Set<String> words(String text) {
        return Set.of(text.strip().split("\\s+"));
    }

    /// @param service as permissions name it: `elasticloadbalancing` or `ec2`
    static CloudException of(String service, String action, SdkException e) {
        String name = (service.equals("ec2") ? "ec2:" : "elbv2:") + action;
        if (e instanceof AwsServiceException answer) {
            return new CloudException(name, answered(service + ":" + action, answer), e);
        }
        return new CloudException(name, unanswered(e), e);
    }

    /// The error code that AWS answered; empty if it did not answer.
    static String code(CloudException e) {
        return e.getCause() instanceof AwsServiceException answer ? code(answer) : "";
    }

    static String message(CloudException e) {
        return e.getCause() instanceof AwsServiceException answer ? message(answer) : "";
    }

    private static String code(AwsServiceException e) {
        return Optional.ofNullable(e.awsErrorDetails())
                .map(details -> details.errorCode())
                .orElse("");
    }

    private static String message(AwsServiceException e) {
        return Optional.ofNullable(e.awsErrorDetails())
                .map(details -> details.errorMessage())
                .orElse("HTTP status " + e.statusCode());
    }

    private static CloudFailure answered(String permission, AwsServiceException e) {
        String code = code(e);
        String text = code.isEmpty() ? message(e) : code + ": " + message(e);
        if (e.isThrottlingException() || THROTTLED.contains(code)) {
            return new CloudFailure.Throttled(THROTTLE_PAUSE);
        }
        if (DENIED.contains(code)) {
            Matcher named = ACTION.matcher(message(e));
            return new CloudFailure.Denied(named.find() ? named.group(1) : permission);
        }
        if (UNAUTHENTICATED.contains(code)) {
            return new CloudFailure.Unauthenticated(text);
        }
        if (CONFLICT.contains(code)) {
            return new CloudFailure.Conflict(text);
        }
        if (code.startsWith("TooMany") || code.endsWith("LimitExceeded")) {
            return new CloudFailure.QuotaExceeded(text);
        }
        if (code.equals("SubnetNotFound") || code.equals("InvalidSubnetID.NotFound")) {
            return rejected(Code.SUBNET_NOT_FOUND, text);
        }
        if (code.equals("InvalidSecurityGroup")) {
            return rejected(Code.SECURITY_GROUP_NOT_FOUND, text);
        }
        if (code.equals("OperationNotPermitted")
                && message(e).toLowerCase(Locale.ROOT).contains("deletion protection")) {
            return rejected(Code.DELETION_PROTECTED, text);
        }
        if (REJECTED.contains(code)) {
            return rejected(Code.CLOUD_REJECTED, text);
        }
        if (code.endsWith("NotFound") || code.endsWith(".Malformed")) {
            return new CloudFailure.NotFound(text);
        }
        return new CloudFailure.Unknown(text);
    }

    private static CloudFailure rejected(Code code, String text) {
        return new CloudFailure.Rejected(Problem.error(code, "AWS refuses: " + text));
    }

    private static CloudFailure unanswered(SdkException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("Unable to load credentials")) {
            return new CloudFailure.Unauthenticated(
                    "no credentials found: " + shortened(asked(message)));
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            boolean notSent =
                    cause instanceof ConnectException
                            || cause instanceof UnknownHostException
                            || cause instanceof NoRouteToHostException
                            || cause instanceof SSLHandshakeException
                            || (cause instanceof SocketTimeoutException
                                    && String.valueOf(cause.getMessage())
                                            .toLowerCase(Locale.ROOT)
                                            .startsWith("connect"));
            if (notSent) {
                return new CloudFailure.Unreachable(shortened(cause.toString()), false);
            }
        }
        return e instanceof SdkClientException
                ? new CloudFailure.Unreachable(shortened(message), true)
                : new CloudFailure.Unknown(shortened(message));
    }

    /// What was found where credentials were looked for, without the list of the places before it
    /// and without the keys that nobody set.
    private static String asked(String message) {
        int list = message.indexOf(" : [");
        return (list < 0 ? message : message.substring(list + 3)).replaceAll(UNSET_KEYS, "");
    }

    private static String shortened(String text) {
        int max = 300;
        return text.length() <= max ? text : text.substring(0, max) + "...";
    }
}
