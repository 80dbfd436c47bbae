package dev.origo.embedded.aws;

import java.util.Map;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.*;

/// AWS's refusals, as the SDK throws them: ELBv2 with a class of its own for most codes, EC2 by
/// code only.
final class Faults {
    private static final String REQUEST_ID = "00000000-0000-4000-8000-000000000000";

    /// Source: the error codes that the SDK's `DefaultElasticLoadBalancingV2Client` maps to
    /// classes.
    private static final Map<String, Supplier<? extends AwsServiceException.Builder>> TYPED =
            Map.ofEntries(
                    Map.entry("ALPNPolicyNotFound", AlpnPolicyNotSupportedException::builder),
                    Map.entry("AllocationIdNotFound", AllocationIdNotFoundException::builder),
                    Map.entry("CertificateNotFound", CertificateNotFoundException::builder),
                    Map.entry("DuplicateListener", DuplicateListenerException::builder),
                    Map.entry(
                            "DuplicateLoadBalancerName",
                            DuplicateLoadBalancerNameException::builder),
                    Map.entry("DuplicateTagKeys", DuplicateTagKeysException::builder),
                    Map.entry(
                            "DuplicateTargetGroupName", DuplicateTargetGroupNameException::builder),
                    Map.entry("IncompatibleProtocols", IncompatibleProtocolsException::builder),
                    Map.entry(
                            "InvalidConfigurationRequest",
                            InvalidConfigurationRequestException::builder),
                    Map.entry("InvalidScheme", InvalidSchemeException::builder),
                    Map.entry("InvalidSecurityGroup", InvalidSecurityGroupException::builder),
                    Map.entry("InvalidSubnet", InvalidSubnetException::builder),
                    Map.entry("InvalidTarget", InvalidTargetException::builder),
                    Map.entry("ListenerNotFound", ListenerNotFoundException::builder),
                    Map.entry("LoadBalancerNotFound", LoadBalancerNotFoundException::builder),
                    Map.entry("OperationNotPermitted", OperationNotPermittedException::builder),
                    Map.entry("ResourceInUse", ResourceInUseException::builder),
                    Map.entry("SSLPolicyNotFound", SslPolicyNotFoundException::builder),
                    Map.entry("SubnetNotFound", SubnetNotFoundException::builder),
                    Map.entry(
                            "TargetGroupAssociationLimit",
                            TargetGroupAssociationLimitException::builder),
                    Map.entry("TargetGroupNotFound", TargetGroupNotFoundException::builder),
                    Map.entry("TooManyListeners", TooManyListenersException::builder),
                    Map.entry("TooManyLoadBalancers", TooManyLoadBalancersException::builder),
                    Map.entry("TooManyTags", TooManyTagsException::builder),
                    Map.entry("TooManyTargetGroups", TooManyTargetGroupsException::builder),
                    Map.entry("TooManyTargets", TooManyTargetsException::builder));

    private Faults() {}

    /// A refusal of ELBv2. Codes without a class of their own (`ValidationError`) give the base
    /// class.
    static AwsServiceException elb(String code, String message) {
        return fault(
                TYPED.getOrDefault(code, ElasticLoadBalancingV2Exception::builder).get(),
                code,
                message);
    }

    static AwsServiceException ec2(String code, String message) {
        return fault(Ec2Exception.builder(), code, message);
    }

    static AwsServiceException of(Call.Family family, String code, String message) {
        return switch (family) {
            case ELB -> elb(code, message);
            case EC2 -> ec2(code, message);
        };
    }

    static void refuseIf(Call.Family family, boolean wrong, String code, String message) {
        if (wrong) {
            throw of(family, code, message);
        }
    }

    static void elbIf(boolean wrong, String code, String message) {
        if (wrong) {
            throw elb(code, message);
        }
    }

    static void ec2If(boolean wrong, String code, String message) {
        if (wrong) {
            throw ec2(code, message);
        }
    }

    /// ELBv2's refusal of a malformed or contradictory argument.
    static void invalidIf(boolean wrong, String message) {
        elbIf(wrong, "ValidationError", message);
    }

    /// ELBv2's refusal of arguments that don't fit what is there.
    static void unfitIf(boolean wrong, String message) {
        elbIf(wrong, "InvalidConfigurationRequest", message);
    }

    private static AwsServiceException fault(
            AwsServiceException.Builder builder, String code, String message) {
        String service = builder instanceof Ec2Exception.Builder ? "Ec2" : "ElasticLoadBalancingV2";
        AwsErrorDetails.Builder details = AwsErrorDetails.builder().serviceName(service);
        return builder.requestId(REQUEST_ID)
                .statusCode(status(code))
                .awsErrorDetails(details.errorCode(code).errorMessage(message).build())
                .build();
    }

    /// Source: "Common errors" of ELBv2, "Error codes" of EC2; 412 is what EC2 answers to DryRun.
    private static int status(String code) {
        return switch (code) {
            case "RequestLimitExceeded", "ServiceUnavailable", "Unavailable" -> 503;
            case "InternalFailure", "InternalError" -> 500;
            case "DryRunOperation" -> 412;
            case "MissingAuthenticationToken" -> 403;
            default -> 400;
        };
    }

    /// What either service says to a caller that is too fast. Source: ELBv2 "Request throttling"
    /// (`Throttling`, "Rate exceeded"); EC2 "Error codes" (`RequestLimitExceeded`, 503).
    static AwsServiceException throttled(Call.Family family) {
        return switch (family) {
            case ELB -> elb("Throttling", "Rate exceeded");
            case EC2 -> ec2("RequestLimitExceeded", "Request limit exceeded.");
        };
    }
}
